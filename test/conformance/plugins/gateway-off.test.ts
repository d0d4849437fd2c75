import { runTables } from './run-tables.ts';

runTables('off');
