import { MemoryStore } from '../../../dist/store/memory/store.js';
import { describeStore } from '../../support/contracts/store.js';

describeStore('MemoryStore', () => Promise.resolve(new MemoryStore()));
