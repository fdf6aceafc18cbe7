/** Values of typed formats (JSON, Parquet, XLSX) as the strings of a table: as a person would write them into a CSV. */

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const utf8 = new TextDecoder();

/** 2024-03-01 for midnight (UTC), else with the time. */
function dateCell(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const iso = date.toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso;
}

/** Missing values are empty; lists and objects are JSON. */
export function cellOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      if (value === null) return '';
      if (value instanceof Date) return dateCell(value);
      if (value instanceof Uint8Array) return utf8.decode(value);
      return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
    case 'undefined':
    case 'function':
    case 'symbol':
      return '';
  }
}
