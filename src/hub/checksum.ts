/** Hashes of a file while it comes, and of the part that came before. SHA by hash-wasm: `crypto.subtle` cannot take a file in pieces. */
import { createSHA1, createSHA256 } from 'hash-wasm';
import type { HubFile } from './hub-listing.ts';

export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** Null when they are the bytes that the hub lists, otherwise both hashes. Once. */
  compare(): { readonly expected: string; readonly found: string } | null;
}

export async function startChecksum({ checksum, size }: HubFile): Promise<RunningChecksum> {
  if (!checksum) return { update: () => undefined, compare: () => null };
  const hasher = await (checksum.kind === 'sha256' ? createSHA256() : createSHA1());
  hasher.init();
  if (checksum.kind === 'git') hasher.update(`blob ${size}\0`);
  return {
    update: (bytes) => void hasher.update(bytes),
    compare() {
      const found = hasher.digest();
      return found === checksum.hex ? null : { expected: checksum.hex, found };
    },
  };
}
