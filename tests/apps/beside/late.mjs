// An application that sets its SDK up itself.
import './node-sdk.mjs';

await import('./app.mjs');
