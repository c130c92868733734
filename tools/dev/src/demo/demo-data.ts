import { demoAccounts } from '@auth/contracts/demo-accounts';

/** A user of `pnpm dev`. */
export interface DemoUser {
  id: string;
  email: string;
  /** Public: demo data is refused in production and on databases of other machines. */
  password: string;
  name: string;
  roles: string[];
}

/** The contact data of a demo user. The phone number is E.164, the country ISO 3166-1 alpha-2. */
export interface DemoContact {
  phone: string;
  address: { line1: string; city: string; postalCode: string; country: string };
}

/** A demo product. */
export interface DemoProduct {
  /** The id is fixed, so that a copied command works in every checkout. */
  id: string;
  sku: string;
  name: string;
  description: string;
  /** In cents. */
  price: number;
  currency: 'EUR';
  stock: number;
  active: boolean;
}

/** A customer. */
export const ada: DemoUser = {
  ...accountOf('ada'),
  email: 'ada@example.com',
  password: 'analytical-engine-1843',
  name: 'Ada Lovelace',
};

/** The id and the roles of a demo account. */
function accountOf(name: keyof typeof demoAccounts): Pick<DemoUser, 'id' | 'roles'> {
  const { id, roles } = demoAccounts[name];
  return { id, roles: [...roles] };
}

/** The contact details of Ada. */
export const contactOfAda: DemoContact = {
  phone: '+442079460018',
  address: { line1: "12 St James's Square", city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
};

/** An administrator, who may change products and users. */
export const admin: DemoUser = {
  ...accountOf('admin'),
  email: 'admin@example.com',
  password: 'difference-engine-1822',
  name: 'Charles Babbage',
};

/** A product with a large stock, since the commands of the banner order it. */
export const mug: DemoProduct = product(3, {
  sku: 'MUG-350',
  name: 'Stoneware mug',
  description: 'Holds 350 ml, glazed by hand.',
  price: 1850,
  stock: 640,
});

/** The catalogue. One product is sold out, and one is no longer active. */
export const demoProducts: readonly DemoProduct[] = [
  product(1, {
    sku: 'NOTEBOOK-A5',
    name: 'Notebook A5',
    description: 'Dotted paper, 160 pages, opens flat.',
    price: 1290,
    stock: 240,
  }),
  product(2, { sku: 'PEN-GEL-05', name: 'Gel pen', description: '0.5 mm, black, refillable.', price: 350, stock: 900 }),
  mug,
  product(4, {
    sku: 'LAMP-DESK',
    name: 'Desk lamp',
    description: 'Warm light, dimmable, steel arm.',
    price: 8900,
    stock: 18,
  }),
  product(5, {
    sku: 'BAG-TOTE',
    name: 'Tote bag',
    description: 'Heavy organic cotton, long handles.',
    price: 2400,
    stock: 120,
  }),
  product(6, {
    sku: 'KEYBOARD-75',
    name: 'Mechanical keyboard',
    description: '75 % layout, tactile switches, USB-C.',
    price: 12_900,
    stock: 31,
  }),
  product(7, {
    sku: 'CABLE-USBC-2',
    name: 'USB-C cable',
    description: '2 m, braided, 100 W.',
    price: 1690,
    stock: 410,
  }),
  product(8, {
    sku: 'PLANT-POTHOS',
    name: 'Pothos in a pot',
    description: 'Forgives a forgotten week.',
    price: 1990,
    stock: 12,
  }),
  product(9, {
    sku: 'COFFEE-250',
    name: 'Coffee beans',
    description: '250 g, roasted on Tuesdays.',
    price: 1150,
    stock: 75,
  }),
  product(10, {
    sku: 'HEADPHONES-OE',
    name: 'Headphones',
    description: 'Over ear, closed, replaceable cable.',
    price: 15_900,
    stock: 1,
  }),
  product(11, { sku: 'CLOCK-WALL', name: 'Wall clock', description: 'Silent movement, 30 cm.', price: 4900, stock: 0 }),
  product(12, {
    sku: 'CALENDAR-OLD',
    name: 'Wall calendar',
    description: 'Last year.',
    price: 900,
    stock: 37,
    active: false,
  }),
];

/** The members in which demo products differ. */
type ProductFacts = Omit<DemoProduct, 'id' | 'currency' | 'active'> & { active?: boolean };

function product(number: number, facts: ProductFacts): DemoProduct {
  return { id: `019b0000-0000-7000-8000-${String(number).padStart(12, '0')}`, currency: 'EUR', active: true, ...facts };
}
