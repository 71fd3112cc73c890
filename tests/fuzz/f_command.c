/* Commands of any template about any thing: what is made is what a plain substitution makes, of one
 * line, and holds nothing of the directory that a shell could read as more than a word. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "respond/act/command.h"

#include <stdio.h>

enum { MADE_MAX = 8192 };

static const char more[] = "assets:\n"
			   "  - {id: x-1, name: $(reboot), class: device.ahu, room: hall}\n"
			   "  - {id: x-2, name: -rf, class: device.ahu, room: hall}\n"
			   "  - {id: x-3, name: Plain-1, class: device.ahu, room: hall,\n"
			   "     ip: 'fd00::7'}\n";

static struct lab l; /* loaded once: it only answers */

static const struct thing {
	const char *id, *name, *address, *mac; /* NULL: it can't stand in a command */
	const char *host;                      /* of it, which nobody knows */
} thing[] = {{"ahu-1", NULL, "10.1.0.5", "00:1b:63:84:45:e6", ""},
	{"ahu-2", NULL, "10.1.2.7", NULL, ""}, {"x-1", NULL, NULL, NULL, ""},
	{"x-2", NULL, NULL, NULL, ""}, {"x-3", "Plain-1", "fd00::7", NULL, ""},
	{"n-bms", "BMS", NULL, "02:77:19:c3:5a:0e", "02:77:19:c3:5a:0e"}};

/* False: it has none. *ret is behind the slot. */
static bool slot(
	struct ward_str t, size_t i, const struct thing *x, const char **ret_value, size_t *ret)
{
	const struct {
		const char *slot, *value;
	} all[] = {{"{thing}", x->id}, {"{name}", x->name}, {"{address}", x->address},
		{"{mac}", x->mac}};

	for (size_t k = 0; k < WARD_ARRAY_LEN(all); k++) {
		if (!ward_str_starts(ward_str_sub(t, i, t.len - i), ward_str_z(all[k].slot)))
			continue;
		*ret_value = all[k].value;
		*ret = i + strlen(all[k].slot);
		return true;
	}
	return false;
}

/* The first byte says which thing; the template follows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len ? len - 1 : 0, at = 0, next;
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	const struct thing *x = &thing[len ? data[0] % WARD_ARRAY_LEN(thing) : 0];
	struct ward_str t = ward_slice_text((struct ward_slice){copy, n}), made;
	char buf[MADE_MAX];
	struct ward_command_why why = {.what = NULL};
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	const char *value;

	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml", more) == WARD_OK);
	uint32_t node = ward_model_find(l.m, ward_str_z(x->id));

	const struct ward_act_thing on = {.node = node, .host = ward_str_z(x->host)};

	WARD_ASSERT(node != WARD_NONE);
	if (ward_command_fill(t, l.m, on, &w, &why) != WARD_OK) {
		WARD_ASSERT(why.what && why.mend && why.of_len <= sizeof(why.of));
		free(copy);
		return 0;
	}
	made = ward_wr_text(&w);
	WARD_ASSERT(made.len <= WARD_COMMAND_MAX);
	for (size_t i = 0; i < t.len;) {
		if (slot(t, i, x, &value, &next)) {
			WARD_ASSERT(value && ward_str_starts(ward_str_sub(made, at, made.len - at),
						     ward_str_z(value)));
			at += strlen(value);
			i = next;
			continue;
		}
		WARD_ASSERT(
			at < made.len && made.p[at] == t.p[i] && t.p[i] >= ' ' && t.p[i] <= '~');
		at++;
		i++;
	}
	WARD_ASSERT(at == made.len);
	free(copy);
	return 0;
}
