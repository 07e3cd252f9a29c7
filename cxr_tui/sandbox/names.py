"""Word lists for made-up people; addresses use domains and networks that are reserved for examples."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    "Ada Aaron Abigail Adam Aisha Alan Alice Amara Amir Ana Andrew Angela Anika Anton Ariana Arthur Beatriz Ben "
    "Brenda Brian Camille Carla Carlos Carmen Cecilia Chen Chloé Clara Daniel Daria David Deborah Diego Dmitri "
    "Edith Elena Eli Elias Emma Erik Esther Ethan Eva Fatima Felix Fiona Frank Gabriel Grace Gregory Hannah Haruto "
    "Helen Henry Hugo Ian Imani Ines Isaac Isabel Ivan Jack Jane Javier Jean Jin Joan João Joel José Julia Kai "
    "Karen Kenji Kofi Laura Lars Leah Leo Lin Linda Lucas Łukasz Maria Marco Maya Mei Michael Mina Mohammed Nadia "
    "Naomi Nathan Nina Noah Nora Oliver Olga Omar Oscar Paula Peter Priya Quentin Rachel Rafael Ravi Rebecca Renée "
    "Robert Rosa Ruth Samir Samuel Sara Sean Siobhan Sofia Soren Stefan Susan Tamara Tariq Theo Thomas Uma "
    "Valentina Vera Victor Wei Wendy William Xavier Yara Yusuf Zara Zoë"
)

LAST_NAMES = _words(
    "Abbott Ahmed Allen Andersson Baker Barnes Becker Bell Bennett Berg Bianchi Boateng Brooks Brown Bryant "
    "Campbell Carter Castro Chapman Chavez Chen Clark Coleman Collins Cooper Costa Cruz Dahl Davies Davis Delgado "
    "Diaz Dubois Edwards Eriksen Evans Farah Fernandez Fischer Flores Foster Fournier Fox Garcia Gibson Gomez "
    "Gonzalez Graham Grant Green Gupta Haddad Hall Hansen Harris Hayes Henderson Hernandez Hill Hoffman Howard "
    "Hughes Hussain Ibrahim Ito Jackson James Jensen Jimenez Johnson Jones Kaplan Kaur Keller Kelly Kennedy Khan "
    "Kim King Klein Kowalski Kumar Larsen Lee Lehmann Lewis Li Lindgren Lopez Martin Martinez Mason Mbeki Mendoza "
    "Meyer Miller Mitchell Moore Morales Morgan Moreau Morris Müller Murphy Murray Nakamura Nelson Nguyen Nielsen "
    "Novak Nowak Núñez Okafor Oliveira Olsen Ortiz Owens Parker Patel Perez Perry Peterson Petrov Phillips Popescu "
    "Powell Price Ramirez Ramos Reed Reyes Reynolds Richter Rivera Roberts Rojas Rossi Russo Ryan Sanchez Santos "
    "Sato Schmidt Schneider Schwartz Scott Shah Sharma Silva Simmons Singh Smith Sokolov Sørensen Stewart Suzuki "
    "Tanaka Taylor Thomas Thompson Torres Tran Turner Vargas Vasquez Vega Walker Wallace Wang Ward Watson Weber "
    "Weiss White Williams Wilson Wong Wood Wright Yang Yilmaz Young Zhang Zimmermann"
)

STREETS: tuple[str, ...] = (
    "Main Street", "Oak Avenue", "Maple Street", "Cedar Lane", "Pine Street", "Elm Street", "Washington Avenue",
    "Lake Drive", "Hill Road", "Park Avenue", "Church Street", "Spring Street", "River Road", "Sunset Boulevard",
    "Lincoln Avenue", "Highland Avenue", "Mill Road", "Franklin Street", "Chestnut Street", "Walnut Street",
    "Meadow Lane", "Forest Drive", "Jackson Street", "Center Street", "Union Street", "Prospect Avenue", "Court Street",
    "Ridge Road", "Valley View Drive", "Harbor Way", "Orchard Lane", "Station Road", "Bridge Street", "Grove Street",
)  # fmt: skip

CITIES: tuple[tuple[str, str, str, str], ...] = (
    ("New York", "NY", "100", "212"), ("Buffalo", "NY", "142", "716"), ("Albany", "NY", "122", "518"),
    ("Boston", "MA", "021", "617"), ("Worcester", "MA", "016", "508"), ("Providence", "RI", "029", "401"),
    ("Hartford", "CT", "061", "860"), ("Newark", "NJ", "071", "973"), ("Philadelphia", "PA", "191", "215"),
    ("Pittsburgh", "PA", "152", "412"), ("Baltimore", "MD", "212", "410"), ("Richmond", "VA", "232", "804"),
    ("Raleigh", "NC", "276", "919"), ("Charlotte", "NC", "282", "704"), ("Atlanta", "GA", "303", "404"),
    ("Savannah", "GA", "314", "912"), ("Miami", "FL", "331", "305"), ("Tampa", "FL", "336", "813"),
    ("Nashville", "TN", "372", "615"), ("Memphis", "TN", "381", "901"), ("Columbus", "OH", "432", "614"),
    ("Cleveland", "OH", "441", "216"), ("Detroit", "MI", "482", "313"), ("Chicago", "IL", "606", "312"),
    ("Milwaukee", "WI", "532", "414"), ("Minneapolis", "MN", "554", "612"), ("St Louis", "MO", "631", "314"),
    ("Kansas City", "MO", "641", "816"), ("New Orleans", "LA", "701", "504"), ("Dallas", "TX", "752", "214"),
    ("Houston", "TX", "770", "713"), ("Austin", "TX", "787", "512"), ("Denver", "CO", "802", "303"),
    ("Boise", "ID", "837", "208"), ("Salt Lake City", "UT", "841", "801"), ("Phoenix", "AZ", "850", "602"),
    ("Albuquerque", "NM", "871", "505"), ("Las Vegas", "NV", "891", "702"), ("Los Angeles", "CA", "900", "213"),
    ("San Diego", "CA", "921", "619"), ("San Jose", "CA", "951", "408"), ("Oakland", "CA", "946", "510"),
    ("Portland", "OR", "972", "503"), ("Seattle", "WA", "981", "206"), ("Honolulu", "HI", "968", "808"),
)  # fmt: skip
"""City, state, first three digits of the postal code, telephone area."""

MAIL_DOMAINS: tuple[tuple[str, str], ...] = (
    ("example.com", "Example Mail"),
    ("mail.example.com", "Example Mail"),
    ("example.net", "Example Net"),
    ("post.example.net", "Example Net"),
    ("example.org", "Example Org"),
    ("home.example.org", "Example Org"),
)
"""Domain and provider; reserved for documentation, so that no made-up person has a real mailbox."""

AGE_RANGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
LOYALTY_TIERS = ("Bronze", "Silver", "Gold", "Platinum")
PERMISSION_REASONS = ("Web form", "In store", "Telephone", "Preference centre")
EMAIL_FORMATS = ("H", "H", "H", "H", "T")
"""H for HTML, T for text; most people get HTML."""
