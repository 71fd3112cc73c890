/* Who was given a hardware address: the IEEE's lists, as Debian's package ieee-data brings them.
 *
 * Optional: without them no vendor is claimed by address. Reads CSV that the IEEE wrote; lives
 * until it is freed; read-only, so threads may share it. */
#ifndef WARD_MODEL_INVENTORY_OUI_H
#define WARD_MODEL_INVENTORY_OUI_H

#include "base/hash.h"
#include "base/mem.h"

struct ward_oui;

/* The lists of /usr/share/ieee-data (or dir): blocks of 2^24 (oui.csv), 2^20 (mam.csv) and 2^12
 * addresses (oui36.csv, and iab.csv of those given until 2014). NOT_FOUND when oui.csv is not
 * there, MALFORMED, NOMEM. Free with ward_oui_free, which takes NULL. */
WARD_MUST_CHECK enum ward_err ward_oui_load(
	const char *dir, const struct ward_mem *mem, struct ward_oui **ret);
/* Adds the rows of one list: Registry,Assignment,"Organization Name",… Lines of another shape are
 * left out. Assignments of 6, 7 or 9 hex digits. */
WARD_MUST_CHECK enum ward_err ward_oui_parse(struct ward_oui *o, struct ward_str text);
WARD_MUST_CHECK enum ward_err ward_oui_new(const struct ward_mem *mem, struct ward_oui **ret);
void ward_oui_free(struct ward_oui *o);
/* Empty when nobody was, or nobody is named: never the registry itself, nor "Private". The smallest
 * block counts. */
struct ward_str ward_oui_vendor(const struct ward_oui *o, const uint8_t mac[6]);

static inline bool ward_mac_is_group(const uint8_t mac[6])
{
	return mac[0] & 1;
}

/* Made up by the device (IEEE 802 8.4: the U/L bit), such as those of telephones. */
static inline bool ward_mac_is_local(const uint8_t mac[6])
{
	return mac[0] & 2;
}

#endif
