/** The two ways to open a model of one's own: a zip or the files of a folder, or the folder as a whole. */
import type { RefObject } from 'react';
import { FileInput, useFileInput } from '../../components/file-input.tsx';
import { LinkButton } from '../../components/link-button.tsx';
import { openModel } from '../../stores/session.ts';

interface InputProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

export function ModelFileInput({ inputRef }: InputProps) {
  return (
    <FileInput
      label="Model file"
      inputRef={inputRef}
      multiple
      accept=".zip,.json,.txt,.safetensors,.bin,.model"
      onFiles={(files) => void openModel(files)}
    />
  );
}

export function ModelFolderInput({ inputRef }: InputProps) {
  return <FileInput label="Model folder" inputRef={inputRef} folder onFiles={(files) => void openModel(files)} />;
}

/** A link that opens files, and the input behind it. */
export function ModelFile({ text }: { readonly text: string }) {
  const { ref, open } = useFileInput();
  return (
    <>
      <ModelFileInput inputRef={ref} />
      <LinkButton onClick={open}>{text}</LinkButton>
    </>
  );
}
