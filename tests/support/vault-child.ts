/** Turns encryption on, rotates, changes the passphrase and turns it off, over and over, until it is killed. */
import { Vault } from '../../src/main/storage/vault.ts';

const [, , folder = '', passphrase = ''] = process.argv;
const vault = await Vault.open({
  folder,
  scryptCost: { N: 2, r: 1, p: 1 },
  unlock: () => Promise.resolve({ method: 'passphrase', passphrase }),
});
process.stdout.write(`ready ${vault.state}\n`);
for (;;) {
  if (vault.state === 'plain') await vault.turnOn({ method: 'passphrase', passphrase });
  process.stdout.write('on\n');
  await vault.rotate();
  process.stdout.write('rotated\n');
  await vault.changeSecret({ method: 'passphrase', passphrase });
  process.stdout.write('changed\n');
  await vault.turnOff();
  process.stdout.write('off\n');
}
