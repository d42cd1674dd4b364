/** A fault of the page itself, in words instead of an empty page. What it was stays in the console. */
import { Component, type ReactNode } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { Button } from '../ui/button.tsx';
import { Wordmark } from './wordmark.tsx';

// biome-ignore lint/style/useReactFunctionComponents: React has no other way to catch what a component throws.
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { translate } = useLanguage();
  return (
    <main className="starting">
      <Wordmark />
      <div role="alert">
        <h1>{translate('page.broken')}</h1>
        <p>{translate('page.brokenText')}</p>
      </div>
      <Button look="primary" onClick={() => location.reload()}>
        {translate('page.reload')}
      </Button>
    </main>
  );
}
