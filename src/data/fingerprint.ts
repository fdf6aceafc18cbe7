/** One name for the data as it is used, so that a run can be tied to it: another text, label, class order or split gives another. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Selection } from './select.ts';
import type { TextGroups } from './text-groups.ts';

/** Rows hashed at a time. */
const SLICE = 16_384;

/** SHA-256 in hex over the class names in order and, row by row, 64 bits of the text, the class and the part. */
export function fingerprint({ classes, rows, labels }: Selection, parts: Uint8Array, { hashes }: TextGroups): string {
  const digest = sha256.create().update(utf8ToBytes(JSON.stringify(classes)));
  for (let from = 0; from < rows.length; from += SLICE) {
    const count = Math.min(SLICE, rows.length - from);
    const view = new DataView(new ArrayBuffer(count * 13));
    for (let i = 0; i < count; i++) {
      const r = rows[from + i]!;
      view.setUint32(i * 13, hashes[2 * r]!);
      view.setUint32(i * 13 + 4, hashes[2 * r + 1]!);
      view.setInt32(i * 13 + 8, labels[from + i]!);
      view.setUint8(i * 13 + 12, parts[from + i]!);
    }
    digest.update(new Uint8Array(view.buffer));
  }
  return bytesToHex(digest.digest());
}
