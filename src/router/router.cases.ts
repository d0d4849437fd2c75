import { attributeCases } from './cases/attributes.cases.ts';
import { choosingCases } from './cases/choosing.cases.ts';
import { regexPathCases } from './cases/regex-paths.cases.ts';
import type { RouterCase } from './cases/router-case.ts';

/** What every flavour of the router must do, unless a case names the flavours that it is about. */
export const routerCases: readonly RouterCase[] = [...attributeCases, ...regexPathCases, ...choosingCases];
