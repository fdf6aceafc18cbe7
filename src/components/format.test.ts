import { describe, expect, it } from 'vitest';
import { clock, count, delimiterName, figure, milliseconds, percent, rate, size } from './format.ts';

describe('figure', () => {
  it('has three decimals', () => {
    expect([0.9134, 1, 0].map(figure)).toEqual(['0.913', '1.000', '0.000']);
  });
  it('is an em dash where there is no number', () => {
    expect([null, undefined, NaN, Infinity].map(figure)).toEqual(['—', '—', '—', '—']);
  });
});

describe('other figures', () => {
  it('rounds shares to whole per cent', () => {
    expect([0, 0.005, 0.976, 1].map(percent)).toEqual(['0 %', '1 %', '98 %', '100 %']);
  });
  it('groups thousands', () => {
    expect([0, 999, 1500, 1234567.8].map(count)).toEqual(['0', '999', '1,500', '1,234,568']);
  });
  it('gives sizes in decimal units, one decimal below ten', () => {
    expect([512, 3100, 23_632_768, 999_600, 2_150_000_000].map(size)).toEqual([
      '512 bytes',
      '3.1 KB',
      '24 MB',
      '1.0 MB',
      '2.1 GB',
    ]);
  });
  it('writes durations as a clock does', () => {
    expect([4, 59.6, 725, 3723, -1].map(clock)).toEqual(['0:04', '1:00', '12:05', '1:02:03', '0:00']);
  });
  it('gives short times and rates three figures', () => {
    expect([0.3456, 12.44, 451.2, 1234.5].map(milliseconds)).toEqual(['0.346 ms', '12.4 ms', '451 ms', '1,230 ms']);
    expect([0.81, 41.22, 12_412].map((value) => rate(value, 'FLOP/s'))).toEqual(['0.81 GFLOP/s', '41.2 GFLOP/s', '12.4 TFLOP/s']);
    expect(rate(935.4, 'B/s')).toBe('935 GB/s');
  });
  it('names delimiters', () => {
    expect([',', ';', '\t', '|'].map(delimiterName)).toEqual(['comma', 'semicolon', 'tab', 'bar']);
  });
});
