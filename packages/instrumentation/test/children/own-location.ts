import { ownLocation } from '../../dist/esm/sdk/own-location.js';
import { report } from './report.js';

report({ own: ownLocation() });
