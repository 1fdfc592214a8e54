"""Names, dates and numbers of the people planted for the cases that must hold.

Belongs here: who they are. Does not belong here: what is written down about them
(``planted_cases``).
"""

TWINS = {
    "twins": (
        ("Kofi", "Kwabena", "Asante"),
        ("Guillermo", "Efraín", "Villanueva"),
        ("Hải", "Thủy", "Đặng"),
        ("Aaron", "Benjamin", "Gaines"),
        ("Wei Ming", "Wei Liang", "Ouyang"),
        ("Juan Carlos", "Juan Pablo", "Barrios"),
    ),
    "twins of like names": (
        ("Mariana", "Martina", "Echeverría"),
        ("Aaliyah", "Aniyah", "Broadnax"),
        ("Leilani", "Keilani", "Kahale"),
        ("Thảo", "Thúy", "Lương"),
    ),
    "twins of like names with SSNs": (
        ("Valeria", "Valentina", "Cisneros"),
        ("Ji-hoon", "Ji-hun", "Baek"),
        ("Tamika", "Tanika", "Holloway"),
        ("Olena", "Olha", "Bondarenko"),
    ),
}
FATHERS = (
    ("José", "Villaseñor", 24),
    ("Darnell", "Broussard", 21),
    ("Robert", "Smith", 27),
    ("Ibrahim", "Haddad", 30),
    ("Tevita", "Fonoti", 22),
    ("William", "Kowalczyk", 33),
)
SWAPPED_DATES = (
    ("Xóchitl", "Ramírez", "1978-03-11", "1978-11-03"),
    ("James", "Johnson", "1966-04-09", "1966-09-04"),
    ("Oluwaseun", "Adebayo", "1990-07-12", "1990-12-07"),
    ("Yelena", "Morozova", "1959-02-10", "1959-10-02"),
    ("Maria", "Garcia", "1984-05-08", "1984-08-05"),
    ("Jun", "Tanaka", "1972-01-06", "1972-06-01"),
)
ONE_PERSON_TWO_NAMES = {
    "names swapped": (
        (("Amadou", "", "Diallo"), ("Diallo", "", "Amadou")),
        (("Priya", "", "Raman"), ("Raman", "", "Priya")),
        (("Miguel", "", "Torres"), ("Torres", "", "Miguel")),
        (("Hyun-woo", "", "Bae"), ("Bae", "", "Hyun Woo")),
    ),
    "accents lost": (
        (("Añón", "", "Núñez"), ("ANON", "", "NUNEZ")),
        (("Łucja", "", "Wróbel"), ("Lucja", "", "Wrobel")),
        (("Jürgen", "", "Strauß"), ("Jurgen", "", "Strauss")),
        (("Søren", "", "Kjær"), ("Soren", "", "Kjaer")),
        (("Đức", "", "Phạm"), ("Duc", "", "Pham")),
    ),
    "Vietnamese order": (
        (("Lan", "Thị", "Nguyễn"), ("Nguyen", "Thi", "Lan")),
        (("Minh", "Văn", "Trần"), ("Tran", "", "Van Minh")),
        (("Hương", "Thu", "Bùi"), ("Thu Huong", "", "Bui")),
        (("Tuấn", "Anh", "Vũ"), ("Vu", "Anh", "Tuan")),
    ),
    "Chinese order": (
        (("Xiaoming", "", "Wang"), ("Wang", "", "Xiao Ming")),
        (("Mei-ling", "", "Zhou"), ("Zhou", "", "Meiling")),
        (("Jianguo", "", "Hu"), ("Hu", "", "Jianguo")),
        (("Siu Ming", "", "Kwok"), ("Kwok", "", "Siuming")),
    ),
    "given names split or exchanged": (
        (("Xiaofang", "", "Guan"), ("Xiao", "Fang", "Guan")),
        (("Thanh Hằng", "", "Lưu"), ("Hang", "Thanh", "Luu")),
        (("An", "Văn", "Mạc"), ("Van", "An", "Mac")),
        (("Maryann", "", "Fitzgerald"), ("Mary", "Ann", "Fitzgerald")),
    ),
    "double surname": (
        (("Ximena", "", "Ortega Salinas"), ("Ximena", "", "Ortega")),
        (("Rocío", "", "Pérez-Gómez"), ("Rocio", "", "Gomez")),
        (("Inês", "", "Carvalho de Sousa"), ("Ines", "", "de Sousa")),
        (("Ruth", "", "Gaines-Booker"), ("Ruth", "", "Booker")),
    ),
    "nickname": (
        (("Guadalupe", "", "Zavala"), ("Lupita", "", "Zavala")),
        (("Robert", "", "Mosley"), ("Bobby", "", "Mosley")),
        (("Francisco", "", "Ibarra"), ("Pancho", "", "Ibarra")),
        (("Elizabeth", "", "Leota"), ("Liz", "", "Leota")),
        (("Alexander", "", "Petrov"), ("Sasha", "", "Petrov")),
    ),
}
NUMBER_SLIPS = (
    ("Fatoumata", "Keïta", "735118204", "735118294"),
    ("Thomas", "Brown", "736220417", "736220471"),
    ("Chiara", "Esposito", "737450938", "737450933"),
    ("Kenji", "Yamada", "738661052", "738661852"),
)
OTHER_SEX = (
    ("Marisol", "Quintana", "F", "M"),
    ("Alex", "Murphy", "M", "F"),
    ("Sione", "Taufa", "M", "F"),
    ("Ji-woo", "Seo", "F", "M"),
)
ANOTHER_FORENAME_AND_SEX = (
    ("Marisol", "Quispe", "F", "Mateo", "M", "731-45-0101"),
    ("Tyrell", "Faleolo", "M", "Aaliyah", "F", "731-45-0102"),
    ("Somchai", "Rattanakul", "M", "Malee", "F", "731-45-0103"),
    ("Oksana", "Hrytsenko", "F", "Bohdan", "M", "731-45-0104"),
)
DEATHS = (
    ("Consuelo", "Barragán"),
    ("Emeka", "Okonkwo"),
    ("Walter", "Hughes"),
    ("Thị Mai", "Hoàng"),
)
