// The main file of the process that has loaded an application's set-up file.
import { doctor } from './command.ts';
import { CHECKED, heardSetUp } from './set-up.ts';

void doctor(heardSetUp()).then((code) => process.exit(CHECKED + code));
