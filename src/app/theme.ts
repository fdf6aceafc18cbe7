/**
 * Mantine's theme. Colours live in theme.css as custom properties, so one sheet serves light, dark and the charts; nothing is
 * injected as a style element, so that a strict content security policy holds.
 */
import { Button, createTheme, Input, Kbd, NativeSelect, Textarea, TextInput, Tooltip } from '@mantine/core';
import classes from './theme.module.css';

export const theme = createTheme({
  fontFamily: 'var(--mantine-font-family)',
  defaultRadius: 'md',
  respectReducedMotion: true,
  variantColorResolver: ({ variant }) =>
    variant === 'filled'
      ? { background: 'var(--accent)', hover: 'var(--accent-hover)', color: 'var(--accent-ink)', border: 'none' }
      : { background: 'var(--card)', hover: 'var(--bg)', color: 'var(--ink)', border: '1px solid var(--edge)' },
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs' } }),
    InputWrapper: Input.Wrapper.extend({
      classNames: { label: classes.label, description: classes.small, error: classes.small },
    }),
    Kbd: Kbd.extend({ classNames: { root: classes.key } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: 'xs' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    Textarea: Textarea.extend({ defaultProps: { size: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 200, withArrow: true, multiline: true, maw: 320 } }),
  },
});
