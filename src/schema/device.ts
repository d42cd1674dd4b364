import type { Device } from '../sessions/device.ts';
import { builder } from './builder.ts';

const DeviceType = builder.enumType('DeviceType', {
  values: {
    DESKTOP: {},
    MOBILE: {},
    TABLET: {},
    OTHER: { description: 'A program, a bot, a television, a watch.' },
    UNKNOWN: {},
  } as const,
});

export const DeviceRef = builder.objectRef<Device>('Device').implement({
  description: 'What the User-Agent header tells of a device.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'For people to read, such as “Chrome on macOS”.' }),
    type: t.expose('type', { type: DeviceType }),
    browser: t.exposeString('browser', { nullable: true }),
    os: t.exposeString('os', { nullable: true }),
  }),
});
