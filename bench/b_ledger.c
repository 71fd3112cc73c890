/* What the ledger costs the thought: a recorded attack through the brain, each row copied once as
 * on its way to the store, with and without salt, commitment, leaf and tree, and a signed head for
 * each hundred rows (the notary signs one for each five minutes, or decision). */
#include "bench.h"

#include "../tests/unit/brain/lab.h"
#include "comply/head.h"
#include "store/store.h"

#include <sodium.h>
#include <stdlib.h>

enum { COPY_BYTES = 1 << 20, ROWS_OF_HEAD = 100 };

struct load {
	struct lab *l;
	struct record *record;
	size_t n_record, n_row;
	bool ledger;
	struct ward_ledger tree;
	struct ward_salts salts;
	struct ward_head head;
	uint8_t secret[WARD_LEDGER_SECRET];
	uint8_t copy[COPY_BYTES];
};

static void sign(struct load *d)
{
	d->head.tree.n = d->tree.n;
	ward_ledger_root(&d->tree, &d->head.tree.root);
	ward_head_sign(&d->head, d->secret);
}

static void on_row(void *ctx, const struct ward_output *o)
{
	struct load *d = ctx;
	const struct ward_store_row row = {.kind = WARD_ROW_DETECTION,
		.id = o->id,
		.revision = o->revision,
		.time = o->time,
		.json = o->json};
	uint8_t salt[WARD_LEDGER_SALT];
	struct ward_hash commitment, leaf;

	memcpy(d->copy, o->json.p, o->json.len < COPY_BYTES ? o->json.len : COPY_BYTES);
	bench_keep(d->copy[o->json.len / 2]);
	d->n_row++;
	if (!d->ledger)
		return;
	ward_salts_next(&d->salts, salt);
	ward_store_commitment(&row, salt, &commitment);
	ward_ledger_leaf(ward_slice_of(commitment.b, sizeof(commitment.b)), &leaf);
	ward_ledger_add(&d->tree, &leaf);
	if (d->tree.n % ROWS_OF_HEAD == 0)
		sign(d);
}

static void think(struct load *d, bool ledger)
{
	struct ward_brain_config c = d->l->config;
	struct ward_brain *b;

	c.out = on_row;
	c.out_ctx = d;
	d->ledger = ledger;
	d->n_row = 0;
	ward_ledger_init(&d->tree);
	if (ward_brain_new(&c, &b) != WARD_OK)
		bench_die("out of memory");
	for (size_t i = 0; i < d->n_record; i++)
		lab_feed(d->l, b, &d->record[i]);
	ward_brain_free(b);
}

static void with(void *ctx)
{
	think(ctx, true);
}

static void without(void *ctx)
{
	think(ctx, false);
}

int main(void)
{
	struct load *d = calloc(1, sizeof(*d));
	const uint8_t seed[crypto_sign_SEEDBYTES] = {1};

	if (!d || sodium_init() < 0)
		bench_die("out of memory");
	(void)crypto_sign_seed_keypair(d->head.key, d->secret, seed);
	d->l = lab_new();
	d->record = lab_records(d->l, "cooling", &d->n_record);
	think(d, true);
	bench_pair(&(struct bench){"ledger/thought", "event", d->n_record, BENCH_ROUNDS, BENCH_CPU},
		(struct bench_side){"with the ledger", with, d, NULL},
		(struct bench_side){"without", without, d, NULL});
	bench_note("ledger/thought", "%zu rows of %zu events; bar: 1.10 with pseudonyms", d->n_row,
		d->n_record);
	free(d->record);
	lab_free(d->l);
	free(d);
	return 0;
}
