/* Conditions of playbooks: whatever is read decides, and the same each time. */
#include "fuzz.h"

#include "respond/playbook/cond.h"

static bool value(void *ctx, struct ward_str name, struct ward_str *ret)
{
	(void)ctx;
	*ret = WARD_STR("-07.50");
	return name.len % 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_playbook_cond *c = NULL;
	struct ward_arena a;
	const char *why = NULL;
	size_t off = 0;
	struct ward_str name;

	ward_arena_init(&a, ward_mem_heap(), 1 << 22);
	enum ward_err err = ward_playbook_cond_read(
		&a, (struct ward_str){(const char *)copy, len}, &why, &off, &c);

	WARD_ASSERT((err == WARD_OK) == (c != NULL));
	WARD_ASSERT(!err || err == WARD_ERR_NOMEM || (why && off <= len));
	if (c) {
		enum ward_playbook_truth is = ward_playbook_cond_holds(c, value, NULL);

		WARD_ASSERT(is == ward_playbook_cond_holds(c, value, NULL));
		for (size_t i = 0; ward_playbook_cond_var(c, i, &name); i++)
			WARD_ASSERT(name.len >= 5);
	}
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
