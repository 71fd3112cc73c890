#include "comply/identity.h"

/* Accounts that every installation has and that name no person. */
static const char *const well_known[] = {"-", "system", "local service", "network service",
	"anonymous logon", "administrator", "administrators", "guest", "root", "daemon", "nobody",
	"www-data", "sshd", "krbtgt", "dwm-1", "umfd-0", "umfd-1", "everyone", "n/a",
	/* as other languages of Windows call the first two that it makes */
	"defaultaccount", "administrateur", "administrador", "administratör", "rendszergazda",
	"järjestelmänvalvoja", "Администратор"};

/* Which lengths they have that begin with each letter, as bits; of those that begin with none in
 * the last. The room's test looks each of them up. */
static const uint32_t lengths[27] = {0xe000, 0x0, 0x0, 0x4060, 0x100, 0x0, 0x20, 0x0, 0x0, 0x200000,
	0x40, 0x2000, 0x0, 0x8048, 0x0, 0x0, 0x0, 0x2010, 0x50, 0x0, 0x40, 0x0, 0x100, 0x0, 0x0,
	0x0, 0x4000002};

bool ward_identity_well_known(struct ward_str who)
{
	uint8_t first = who.len ? ward_identity_lower(who.p[0]) : 0;
	size_t i = first >= 'a' && first <= 'z' ? (size_t)(first - 'a') : 26;

	if (who.len > 26 || !(lengths[i] >> who.len & 1)) /* 26: as long as the longest */
		return false;
	for (i = 0; i < WARD_ARRAY_LEN(well_known); i++)
		if (first == (uint8_t)well_known[i][0] &&
			ward_str_ieq(who, ward_str_z(well_known[i])))
			return true;
	return false;
}

size_t ward_identity_last(struct ward_str s, char c)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.p[i - 1] == c)
			return i - 1;
	return SIZE_MAX;
}
