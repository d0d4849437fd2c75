import { runTables } from './run-tables.ts';

runTables('sqlite');
