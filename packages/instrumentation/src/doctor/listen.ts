// Preloaded before the set-up file of an application, to hear what it makes.
import { hearSetUp } from './set-up.ts';

hearSetUp();
