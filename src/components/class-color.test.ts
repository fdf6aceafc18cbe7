import { expect, it } from 'vitest';
import { CLASS_COLORS, classColor, classPlace } from './class-color.ts';

it('keeps the place a class has in the data, whatever its index in the model', () => {
  const data = ['negative', 'positive'];
  expect(classPlace('positive', data, 0)).toBe(1);
  expect(classPlace('negative', data, 1)).toBe(0);
});

it('gives a class that only the model knows a place behind the data’s', () => {
  expect(classPlace('mixed', ['negative', 'positive'], 1)).toBe(3);
});

it('begins again when the colours are used up', () => {
  expect(classColor(0)).toBe(classColor(CLASS_COLORS));
  expect(new Set(Array.from({ length: CLASS_COLORS }, (_, i) => classColor(i))).size).toBe(CLASS_COLORS);
});
