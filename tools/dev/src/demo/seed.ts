import { openProductDb } from '@auth/db/product';
import { openUserDb } from '@auth/db/user';
import bcrypt from 'bcrypt';
import { ada, admin, contactOfAda, type DemoUser, demoProducts } from './demo-data.ts';

/** The time limit, long enough for a small machine on which the services start at the same time. */
const connectTimeoutMs = 20_000;

/** Cheaper hashes than in production, since these passwords are public. */
const bcryptCost = 10;

/** Creates the missing demo users. Existing ones stay unchanged. Returns how many were created. */
export async function seedUsers(url: string): Promise<number> {
  const { client, close } = openUserDb({ url, connectTimeoutMs });
  try {
    let created = 0;
    for (const user of [ada, admin]) {
      // A developer may have changed the e-mail address of the account: the id still identifies it.
      const found = await client.user.count({ where: { OR: [{ email: user.email }, { id: user.id }] } });
      if (found > 0) continue;
      const { count } = await client.user.createMany({ data: [await userRow(user)], skipDuplicates: true });
      created += count;
    }
    return created;
  } finally {
    await close();
  }
}

/** Creates the missing demo products. Existing ones stay unchanged. Returns how many were created. */
export async function seedProducts(url: string): Promise<number> {
  const { client, close } = openProductDb({ url, connectTimeoutMs });
  try {
    const { count } = await client.product.createMany({ data: [...demoProducts], skipDuplicates: true });
    return count;
  } finally {
    await close();
  }
}

async function userRow({ password, ...user }: DemoUser) {
  const contact = user.id === ada.id ? contactOfAda : {};
  return { ...user, ...contact, passwordHash: await bcrypt.hash(password, bcryptCost) };
}
