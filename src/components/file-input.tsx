/**
 * A file input that a button opens. It is out of sight and out of the tab order (the button is what people reach), and keeps its
 * name for tests and assistive software.
 */
import { VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, type RefObject } from 'react';

export interface FileInputProps {
  readonly label: string;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Picks a folder with everything in it. */
  readonly folder?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

export function useFileInput(): { readonly ref: RefObject<HTMLInputElement | null>; readonly open: () => void } {
  const ref = useRef<HTMLInputElement | null>(null);
  return { ref, open: () => ref.current?.click() };
}

export function FileInput({ label, inputRef, accept, multiple, folder = false, onFiles }: FileInputProps) {
  useEffect(() => {
    if (inputRef.current) inputRef.current.webkitdirectory = folder;
  }, [inputRef, folder]);
  return (
    <VisuallyHidden>
      <input
        ref={inputRef}
        type="file"
        tabIndex={-1}
        aria-label={label}
        accept={accept}
        multiple={multiple}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file can be chosen again, for instance after it was mended.
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </VisuallyHidden>
  );
}
