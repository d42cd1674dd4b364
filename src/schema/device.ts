import { translatorOf } from '../context.ts';
import { nameDevice } from '../i18n/device-name.ts';
import type { Device } from '../sessions/device.ts';
import { builder } from './builder.ts';

const DeviceType = builder.enumType('DeviceType', {
  values: {
    DESKTOP: {},
    MOBILE: {},
    TABLET: {},
    OTHER: { description: 'A program, a bot, a television, a watch.' },
    UNKNOWN: { description: 'The User-Agent says nothing of it.' },
  } as const,
});

export const DeviceRef = builder.objectRef<Device>('Device').implement({
  description: 'What the User-Agent header tells of a device.',
  fields: (t) => ({
    name: t.string({
      description:
        'For people to read, such as “Chrome on macOS”, in the language that the request asks for with Accept-Language.',
      resolve: ({ name }, _args, context) => nameDevice(translatorOf(context), name),
    }),
    type: t.expose('type', { type: DeviceType }),
    browser: t.exposeString('browser', {
      nullable: true,
      description: 'Such as “Firefox”; null for what is no browser.',
    }),
    os: t.exposeString('os', {
      nullable: true,
      description: 'Such as “Windows”; null when it is not told.',
    }),
  }),
});
