#include "directory/who.h"

#include <string.h>

/* "guards" of "CN=guards,OU=groups"; what is written with escapes is compared as it stands. */
static struct ward_str first_part(struct ward_str dn)
{
	size_t eq = ward_str_find(dn, WARD_STR("="));
	struct ward_str rest = eq == SIZE_MAX ? dn : ward_str_sub(dn, eq + 1, dn.len);

	return ward_str_cut(&rest, ',');
}

void ward_directory_who_group(
	const struct ward_directory *d, struct ward_str value, struct ward_directory_who *w)
{
	for (size_t i = 0; i < d->n_group; i++) {
		struct ward_str name = d->group[i].name;
		bool whole = ward_str_find(name, WARD_STR("=")) != SIZE_MAX;

		if (ward_str_ieq(name, value) || (!whole && ward_str_ieq(name, first_part(value))))
			w->group |= UINT64_C(1) << i;
	}
}

bool ward_directory_who_text(struct ward_str s, char ret[WARD_DIRECTORY_NAME + 1])
{
	size_t off;

	if (!s.len || s.len > WARD_DIRECTORY_NAME || !ward_utf8_valid(ward_str_bytes(s), &off))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			return false;
	memcpy(ret, s.p, s.len);
	ret[s.len] = 0;
	return true;
}
