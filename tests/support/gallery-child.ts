/** Searches a gallery large enough for several threads, and ends without closing it. */
import { Gallery } from '../../src/main/gallery/gallery.ts';
import { randomUnitVectors } from '../../src/main/hosts/cli/bench.ts';

const random = randomUnitVectors(16);
const gallery = new Gallery(16);
for (let i = 0; i < 20_000; i++) gallery.set(`p${i}`, random());
gallery.search(random(), 5);
// Time for the threads to go to sleep in the shared memory.
setTimeout(() => console.log(`${gallery.threads} threads`), 500);
