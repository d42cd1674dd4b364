/** The pages, and which one this is. */
import { useLanguage } from '../language/use-language.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { ROUTES, type Route } from './route.ts';

const ICONS = {
  devices: 'devices',
  history: 'history',
  activity: 'activity',
  account: 'account',
} as const satisfies Record<Route, IconName>;

export function Navigation({ route }: { route: Route }) {
  const { translate } = useLanguage();
  return (
    <nav className="navigation" aria-label={translate('nav.label')}>
      <ul>
        {ROUTES.map((name) => (
          <li key={name}>
            <a href={`#${name}`} aria-current={name === route ? 'page' : undefined}>
              <Icon name={ICONS[name]} />
              <span>{translate(`nav.${name}`)}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
