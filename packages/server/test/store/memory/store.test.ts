import { MemoryStore } from '../../../dist/store/memory/store.js';
import { describeStore } from '../../support/store-contract.js';

describeStore('MemoryStore', () => Promise.resolve(new MemoryStore()));
