import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class Users {
  find(id) {
    return { id };
  }
}
// What the decorators of TypeScript do.
Get(':id')(Users.prototype, 'find', Object.getOwnPropertyDescriptor(Users.prototype, 'find'));
Param('id')(Users.prototype, 'find', 0);
Controller('users')(Users);
function Application() {}
Module({ controllers: [Users] })(Application);

void NestFactory.create(Application, new FastifyAdapter(), { logger: false }).then(async (app) => {
  await app.listen(0, '127.0.0.1');
  process.stdout.write(`listening on http://127.0.0.1:${app.getHttpServer().address().port}\n`);
});
