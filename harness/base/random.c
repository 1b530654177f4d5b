#include "harness/base/random.h"

#include <assert.h>

uint64_t splitmix_next(struct splitmix *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Lemire 2019, "Fast random integer generation in an interval". Low halves under 2^64 mod n come once too often; the
 * division that finds that number is needed only when the low half is under n, which is rare. */
uint64_t splitmix_below(struct splitmix *random, uint64_t n)
{
    unsigned __int128 product;

    assert(n > 0);
    product = (unsigned __int128)splitmix_next(random) * n;
    if ((uint64_t)product < n) {
        uint64_t excess = -n % n;

        while ((uint64_t)product < excess)
            product = (unsigned __int128)splitmix_next(random) * n;
    }
    return (uint64_t)(product >> 64);
}

double splitmix_unit(struct splitmix *random)
{
    return (double)(splitmix_next(random) >> 11) * 0x1p-53;
}

#define N 624
#define M 397

/* Matsumoto and Nishimura's init_genrand and init_by_array (mt19937ar.c, 2002). */
static void seed_linear(struct twister *random, uint32_t seed)
{
    random->state[0] = seed;
    for (uint32_t i = 1; i < N; i++) {
        uint32_t before = random->state[i - 1];
        random->state[i] = 1812433253u * (before ^ (before >> 30)) + i;
    }
    random->index = N;
}

static void seed_array(struct twister *random, const uint32_t *key, uint32_t key_count)
{
    uint32_t *state = random->state;
    uint32_t i = 1, j = 0;

    seed_linear(random, 19650218u);
    for (uint32_t k = N; k > 0; k--) {
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525u)) + key[j] + j;
        j = (j + 1) % key_count;
        if (++i == N) {
            state[0] = state[N - 1];
            i = 1;
        }
    }
    for (uint32_t k = N - 1; k > 0; k--) {
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941u)) - i;
        if (++i == N) {
            state[0] = state[N - 1];
            i = 1;
        }
    }
    state[0] = 0x80000000u;
}

/* Python splits the seed in 32-bit words, the low one first, without a zero word at the end. */
void twister_seed(struct twister *random, uint64_t seed)
{
    uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };

    seed_array(random, key, key[1] == 0 ? 1 : 2);
}

static void twist(uint32_t state[N])
{
    for (size_t i = 0; i < N; i++) {
        uint32_t y = (state[i] & 0x80000000u) | (state[(i + 1) % N] & 0x7fffffffu);
        state[i] = state[(i + M) % N] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
    }
}

uint32_t twister_next(struct twister *random)
{
    uint32_t y;

    if (random->index >= N) {
        twist(random->state);
        random->index = 0;
    }
    y = random->state[random->index++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

/* getrandbits: words come the low one first, and the last gives its high bits. */
static uint64_t draw_bits(struct twister *random, int bits)
{
    uint64_t low;

    if (bits <= 32)
        return twister_next(random) >> (32 - bits);
    low = twister_next(random);
    return low | (uint64_t)(twister_next(random) >> (64 - bits)) << 32;
}

uint64_t twister_below(struct twister *random, uint64_t n)
{
    uint64_t drawn;
    int bits;

    assert(n > 0);
    bits = 64 - __builtin_clzll(n);     /* undefined for 0 */
    do {
        drawn = draw_bits(random, bits);
    } while (drawn >= n);
    return drawn;
}

void twister_shuffle(struct twister *random, unsigned char *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)twister_below(random, i);
        unsigned char kept = items[i - 1];

        items[i - 1] = items[j];
        items[j] = kept;
    }
}
