/* Where the console is served, as people write it: what loads has names that are names, a key with
 * its certificate, and texts of one line; what does not says why. */
#include "fuzz.h"

#include "run/authority.h"
#include "run/console.h"

static void judge(const struct ward_console *c)
{
	const struct ward_str text[] = {c->where, c->certificate, c->key};

	WARD_ASSERT(c->n_name <= WARD_CONSOLE_NAMES && !c->certificate.len == !c->key.len);
	for (size_t i = 0; i < c->n_name; i++)
		WARD_ASSERT(ward_authority_name(c->name[i]));
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		WARD_ASSERT(text[i].len <= WARD_CONSOLE_TEXT);
		WARD_ASSERT(!text[i].len || !memchr(text[i].p, '\n', text[i].len));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_console c;
	struct ward_limits lim;
	struct ward_diag diag;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_console_in in = {"/nowhere", &lim, ward_mem_heap(), &diag};
	enum ward_err err =
		ward_console_read(&in, WARD_STR(WARD_CONSOLE_FILE), ward_slice_of(copy, len), &c);

	WARD_ASSERT(err != WARD_ERR_CONFIG || diag.n_error);
	if (!err)
		judge(&c);
	ward_console_free(&c);
	ward_diag_fini(&diag);
	free(copy);
	return 0;
}
