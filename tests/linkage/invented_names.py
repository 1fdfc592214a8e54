"""Names of many languages, and places, for the invented town; common ones first."""

from dagster_project.linkage.word_lists import words

FORENAMES = words(
    """
    James Maria Robert José Michael Linda Darnell Guadalupe William Keisha David Thị
    Lan Văn Minh Wei Xiu Ahmed Fatima Sione Lupe Tyrone Latoya Juan Ana Carlos Rosa
    Luis Carmen Thomas Patricia Charles Jennifer Joseph Elizabeth Daniel Susan
    Matthew Jessica Anthony Sarah Mark Karen Đức Hồng Andrés Lucía Miguel Ángela
    Jorge Teresa Jesús Dolores Igor Natalia Dmitri Yelena Hyun Ji-woo Rajesh Priya
    Kwame Abena Marcus Ebony Terrence Shanice Antonio Beatriz Francisco Graciela
    Manuel Isabel Pedro Raquel Rafael Silvia Victor Yolanda Alejandro Verónica
    Eduardo Consuelo Jack Grace Samuel Ruth Benjamin Alice Nicholas Diane Timothy
    Gloria Edward Janet Kenneth Brenda Steven Pamela George Cynthia Kevin Deborah
    Brian Dorothy Ronald Evelyn Jeffrey Helen Gary Sandra Raymond Donna
    """
)
SURNAMES = words(
    """
    Smith Johnson Williams Brown Jones García Miller Davis Rodríguez Martínez
    Hernández López González Wilson Anderson Thomas Taylor Moore Jackson Martin Lee
    Pérez Thompson White Harris Sánchez Clark Ramírez Lewis Robinson Walker Young
    Allen King Wright Scott Torres Nguyễn Hill Flores Green Adams Nelson Baker Hall
    Rivera Campbell Mitchell Carter Roberts Trần Lê Phạm Chan Wong Chen Huang Li
    Zhang Leung Cheung Reyes Cruz Santos Bautista Tuiasosopo Faleolo Leota Al-Masri
    Haddad Nasser Ivanova Petrov Kuznetsov O’Brien Murphy McCarthy Łukasiewicz
    Müller Strauß Jørgensen Pérez-Gómez Morales Ortiz Gutiérrez Chávez Ramos Ruiz
    Álvarez Mendoza Vásquez Castillo Jiménez Moreno Romero Herrera Washington
    Jefferson Booker Mosley Gaines Ajpub’ Tzoc Velásquez Pascual Kim Park Choi
    """
)
NICKNAMES = {
    "Robert": "Bob",
    "William": "Bill",
    "José": "Pepe",
    "Francisco": "Pancho",
    "Elizabeth": "Liz",
    "Guadalupe": "Lupita",
    "Michael": "Mike",
    "Thomas": "Tom",
    "Jennifer": "Jenny",
    "Antonio": "Tony",
    "Jesús": "Chuy",
    "Patricia": "Pat",
    "James": "Jimmy",
    "Joseph": "Joe",
    "Daniel": "Danny",
    "Manuel": "Manny",
}
STREETS = ("Larch St", "Quince Ave", "Dover Ct", "Marlin Way", "Ember Ln", "Salt Rd")
SHELTERS = [(f"{n}00 Harbor St", f"415555{n}000") for n in range(1, 9)]
