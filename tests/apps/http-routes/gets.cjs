// Paths between spaces, as GET requests.
'use strict';

exports.gets = (paths) =>
  paths
    .trim()
    .split(/\s+/)
    .map((path) => `GET ${path}`);
