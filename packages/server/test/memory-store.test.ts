import { MemoryStore } from '../dist/memory-store.js';
import { describeStore } from './support/store-contract.js';

describeStore('MemoryStore', () => Promise.resolve(new MemoryStore()));
