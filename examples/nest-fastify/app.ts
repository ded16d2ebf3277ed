import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { setMetric } from '@cerberus-otel/instrumentation';
import { Body, Controller, Get, HttpException, Module, Param, Post, StreamableFile } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { trace } from '@opentelemetry/api';
import { sdk } from './instrumentation.mjs';

const plans = new Map(Object.entries({ 1: 'free', 2: 'pro' }));

async function* lines() {
  yield 'tea,2\n';
  await sleep(300);
  yield 'cup,1\n';
}
@Controller()
class ShopController {
  @Get('users/:id')
  user(@Param('id') id: string) {
    const plan = plans.get(id);
    if (plan === undefined) throw new HttpException('no such user', 404);
    // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
    trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
    setMetric('paying', plan !== 'free');
    return { id, plan };
  }
  @Post('orders')
  order(@Body() body: { items?: unknown }) {
    const items = Array.isArray(body.items) ? body.items.length : 0;
    setMetric('order.items', items);
    return { items };
  }
  @Get('slow')
  async slow() {
    await sleep(300);
    return { slow: true };
  }
  @Get('report')
  report() {
    return new StreamableFile(Readable.from(lines()));
  }
  @Get('fail')
  fail() {
    throw new Error('on purpose');
  }
}
@Module({ controllers: [ShopController] })
class ShopModule {}
async function main() {
  const app = await NestFactory.create(ShopModule, new FastifyAdapter(), { logger: ['error'] });
  await app.listen(Number(process.env.PORT ?? 3000), '::');
  process.stdout.write(`listening on http://localhost:${app.getHttpServer().address().port}\n`);
  const stop = () => app.close().finally(() => sdk.shutdown().finally(() => process.exit()));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
}
void main();
