/** What was measured on this machine's GPU, a few hundred bytes, in IndexedDB, for workers have no `localStorage`. It fails where a browser keeps nothing. */
import { createStore, get, set } from 'idb-keyval';

interface KeptTuning {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

export function keptTuning(): KeptTuning {
  const store = createStore('tabtune.tuning', 'tuning');
  return { read: (key) => get(key, store), write: (key, value) => set(key, value, store) };
}
