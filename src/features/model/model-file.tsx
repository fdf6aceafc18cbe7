/** The two ways to open a model of one's own: a zip or the files of a folder, or the folder as a whole. */
import { FileInput, useFileInput } from '../../components/file-input.tsx';
import { LinkButton } from '../../components/link-button.tsx';
import { openModel } from '../../stores/session.ts';

export interface ModelFileProps {
  readonly text: string;
  readonly disabled?: boolean;
}

/** A link that opens files, and the input behind it. */
export function ModelFile({ text, disabled = false }: ModelFileProps) {
  const { ref, open } = useFileInput();
  return (
    <>
      <FileInput
        label="Model file"
        inputRef={ref}
        multiple
        accept=".zip,.json,.txt,.safetensors,.bin,.model"
        onFiles={(files) => void openModel(files)}
      />
      <LinkButton disabled={disabled} onClick={open}>
        {text}
      </LinkButton>
    </>
  );
}

/** A link that opens a folder. */
export function ModelFolder({ text, disabled = false }: ModelFileProps) {
  const { ref, open } = useFileInput();
  return (
    <>
      <FileInput label="Model folder" inputRef={ref} folder onFiles={(files) => void openModel(files)} />
      <LinkButton disabled={disabled} onClick={open}>
        {text}
      </LinkButton>
    </>
  );
}
