/**
 * What an implementation of the PDK needs beside the contract: which function may be called when, and Kong's texts.
 * For `proxy` and for the fake exchange of `pdk/testing`; plugins have no use for it.
 */
export {
  deniedPhaseViolation,
  type PhaseName,
  pdkDeniedPhases,
  pdkPhases,
  phaseBits,
  phaseNames,
  phaseViolation,
} from './phases.ts';
