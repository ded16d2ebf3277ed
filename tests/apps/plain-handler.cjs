/** `/exit/3` ends the process with that code once nothing is left to do; `/fail` answers 500, all else 200. */
exports.handle = (close) => (request, response) => {
  const [, code] = /^\/exit\/(\d+)$/.exec(request.url) ?? [];
  response.statusCode = request.url === '/fail' ? 500 : 200;
  response.setHeader('connection', 'close');
  response.end('ok');
  if (code === undefined) return;
  process.exitCode = Number(code);
  process.stderr.write('the application says goodbye\n');
  close();
};
