/**
 * Dropping and pasting anywhere on the page. The listeners sit on the window, so whatever lies under the pointer takes a drop; the
 * veil only shows that something may be dropped and never takes the pointer.
 */
import { useEffect, useState } from 'react';
import { problemsStore } from '../stores/problems.ts';
import { openData, openFiles } from '../stores/session.ts';
import { droppedFiles } from './dropped-files.ts';
import { isEditable } from './use-keys.ts';
import classes from './app.module.css';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

export function PageDrop() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // A child entered fires before its parent is left: only when as many were left as entered is the pointer outside.
    let depth = 0;
    const onEnter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth++;
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const onOver = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      depth = 0;
      setOver(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      droppedFiles(event)
        .then(openFiles)
        .catch((error: unknown) =>
          problemsStore.getState().add('data', {
            where: 'What was dropped',
            expected: 'files that can be read',
            found: error instanceof Error ? error.message : String(error),
            fix: 'Use "Choose a file" instead.',
          }),
        );
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (event.defaultPrevented || !event.clipboardData || isEditable(event.target)) return;
      const files = [...event.clipboardData.files];
      const text = event.clipboardData.getData('text/plain');
      if (files.length > 0) void openFiles(files);
      else if (text.trim() !== '') void openData({ kind: 'paste', text });
      else return;
      event.preventDefault();
    };
    const controller = new AbortController();
    const options = { signal: controller.signal };
    window.addEventListener('dragenter', onEnter, options);
    window.addEventListener('dragleave', onLeave, options);
    window.addEventListener('dragover', onOver, options);
    window.addEventListener('drop', onDrop, options);
    window.addEventListener('paste', onPaste, options);
    return () => controller.abort();
  }, []);
  if (!over) return null;
  return (
    <div className={classes.dropping}>
      <p>Drop a table, or a model</p>
    </div>
  );
}
