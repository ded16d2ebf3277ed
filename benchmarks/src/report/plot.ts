import { spreadOf } from '../harness/statistics.ts';
import type { Growth } from '../growth/part.ts';

const WIDTH = 480;
const HEIGHT = 260;
const MARGIN = { left: 56, right: 20, top: 36, bottom: 44 } as const;

/** A plot as SVG: sizes on a logarithmic axis, microseconds from zero, quartiles as bars. */
export function plotOf({ what, points }: Growth): string {
  const spreads = points.map(({ size, cpuMicros }) => ({ size, ...spreadOf(cpuMicros) }));
  const most = Math.max(...spreads.map(({ q3 }) => q3)) * 1.15;
  const positions = spreads.map(({ size }) => Math.log10(Math.max(size, 1)));
  const low = Math.min(...positions);
  const span = Math.max(...positions) - low || 1;
  const x = (index: number): number =>
    MARGIN.left + (((positions[index] ?? low) - low) / span) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number): number =>
    HEIGHT - MARGIN.bottom - (value / most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const line = spreads.map(({ median }, index) => `${round(x(index))},${round(y(median))}`).join(' ');
  const marks = spreads.map(({ size, median, q1, q3 }, index) =>
    [
      `<line x1="${round(x(index))}" x2="${round(x(index))}" y1="${round(y(q1))}" y2="${round(y(q3))}" stroke="#888"/>`,
      `<circle cx="${round(x(index))}" cy="${round(y(median))}" r="3.5" fill="#1f6feb"/>`,
      text(x(index), HEIGHT - MARGIN.bottom + 18, size.toLocaleString('en-US'), 'middle'),
      text(x(index), y(q3) - 8, median.toFixed(1), 'middle'),
    ].join(''),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(MARGIN.left, 20, `CPU µs per event by ${what}`, 'start'),
    `<path d="M${MARGIN.left},${MARGIN.top} V${HEIGHT - MARGIN.bottom} H${WIDTH - MARGIN.right}" fill="none" stroke="#444"/>`,
    text(MARGIN.left - 6, y(0) + 4, '0', 'end'),
    text(MARGIN.left - 6, MARGIN.top + 6, most.toFixed(0), 'end'),
    `<polyline points="${line}" fill="none" stroke="#1f6feb" stroke-width="1.5"/>`,
    ...marks,
    text(WIDTH / 2, HEIGHT - 8, what, 'middle'),
    '</svg>\n',
  ].join('\n');
}

/** File name of the plot of what grows. */
export function plotName(what: Growth['what']): string {
  return `growth-${what.replaceAll(' ', '-')}.svg`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="#222">${content}</text>`;
}

function round(value: number): string {
  return value.toFixed(1);
}
