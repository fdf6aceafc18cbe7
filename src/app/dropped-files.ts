/** The files of a drop, those of dropped folders too (file-selector walks them). */
import { fromEvent, type FileWithPath } from 'file-selector';

const depthOf = ({ relativePath }: FileWithPath): number => relativePath.replace(/^\.?\//, '').split('/').length;

/**
 * All files that were dropped. Of a folder only one level is taken, the one nearest the top that has files: a model's own files lie side
 * by side, and the folders below (pooling, ONNX) hold others of the same names, whose place a worker could not tell.
 */
export async function droppedFiles(event: DragEvent): Promise<File[]> {
  const files = (await fromEvent(event)).filter((item): item is FileWithPath => item instanceof File);
  const top = Math.min(...files.map(depthOf));
  return files.filter((file) => depthOf(file) === top);
}
