/** The version of Kong whose behaviour this is; bundled plugins carry it as theirs. */
export const kongVersion = '3.9.3';

/** {@link kongVersion} as one number: major, minor and patch take three digits each. */
export const kongVersionNum = 3009003;
