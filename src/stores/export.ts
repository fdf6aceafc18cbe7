/** Taking the model away: the trainer worker writes the zip, the browser saves it. */
import { createStore } from 'zustand/vanilla';
import { problemsStore, report } from './problems.ts';
import { saveFile } from './save-file.ts';
import { call } from './workers.ts';

export interface ExportState {
  readonly packing: boolean;
  /** The last zip's size in bytes, null before the first. */
  readonly bytes: number | null;
  download(): Promise<void>;
}

export const exportStore = createStore<ExportState>()((set, get) => ({
  packing: false,
  bytes: null,
  async download() {
    if (get().packing) return;
    problemsStore.getState().clear('export');
    set({ packing: true });
    try {
      const { fileName, zip } = await call((link) => link.trainer.exportModel());
      set({ bytes: zip.size });
      saveFile(fileName, zip);
    } catch (error) {
      report('export', error, 'The download');
    } finally {
      set({ packing: false });
    }
  },
}));
