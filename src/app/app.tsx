/** The root: theme, error boundary, shell. */
import { MantineProvider } from '@mantine/core';
import '@fontsource-variable/inter/wght.css';
import './mantine.css';
import './theme.css';
import { ErrorBoundary } from './error-boundary.tsx';
import { Shell } from './shell.tsx';
import { theme } from './theme.ts';

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <ErrorBoundary>
        <Shell />
      </ErrorBoundary>
    </MantineProvider>
  );
}
