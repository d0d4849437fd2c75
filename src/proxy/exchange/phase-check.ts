import {
  deniedPhaseViolation,
  type PdkFunction,
  pdkDeniedPhases,
  pdkError,
  pdkPhases,
  phaseViolation,
} from '../../pdk/support.ts';

/** The phases in which a function may be called, as one mask to test the present phase with. */
export function phasesOf(name: PdkFunction): number {
  const allowed = (pdkPhases as { readonly [name: string]: number | undefined })[name];
  return allowed ?? ~pdkDeniedPhases[name as keyof typeof pdkDeniedPhases];
}

/** @throws GibbonError `ERR_PDK_USE` with Kong's text, for a function that was called in phase `current`. */
export function refusePhase(name: PdkFunction, current: number): never {
  const allowed = (pdkPhases as { readonly [name: string]: number | undefined })[name];
  if (allowed !== undefined) throw pdkError(phaseViolation(allowed, current));
  throw pdkError(deniedPhaseViolation(pdkDeniedPhases[name as keyof typeof pdkDeniedPhases], current));
}
