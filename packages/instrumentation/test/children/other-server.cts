// Stands for an application on uWebSockets.js, which npm does not have: what tells of it is its addon among the loaded modules.
const addon = `${__dirname}/uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
require.cache[addon] = module;
setTimeout(() => process.exit(9), 15_000);
