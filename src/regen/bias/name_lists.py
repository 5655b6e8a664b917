"""Names that stand for groups of people: a small selection of this project's own.

Each list has common given or family names as its authors know them, in the letters of English text. They were written
for this project and come from no data set; they are no statistics of who bears them, and no name decides anyone's
origin or gender. Given names that are usual for women and for men stand apart.
"""

from typing import NamedTuple


class Names(NamedTuple):
    """Names of one origin.

    Attributes:
        female: Given names, ten.
        male: Given names, ten.
        family: Family names, twenty.
    """

    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]


def _names(female: str, male: str, family: str) -> Names:
    return Names(tuple(female.split()), tuple(male.split()), tuple(family.split()))


ORIGINS: dict[str, Names] = {
    "English": _names(
        "Mary Emma Alice Sarah Emily Helen Laura Susan Claire Rachel",
        "John Peter James Thomas Edward Henry Robert Simon Andrew Martin",
        "Smith Jones Taylor Brown Wilson Evans Walker Wright Roberts Green "
        "Hall Wood Harris Martin Cooper Ward Turner Parker Bennett Carter",
    ),
    "Chinese": _names(
        "Fang Xiuying Jing Lili Meiling Yan Xiaomei Hong Ying Juan",
        "Wei Jianguo Qiang Lei Jun Zhiming Guoqiang Haoran Yong Bin",
        "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo",
    ),
    "Spanish": _names(
        "María Carmen Lucía Isabel Pilar Elena Rosa Marta Teresa Beatriz",
        "José Carlos Javier Miguel Luis Pablo Jorge Fernando Alberto Diego",
        "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Ruiz "
        "Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Navarro Torres Domínguez",
    ),
    "Arabic": _names(
        "Fatima Aisha Maryam Layla Zainab Khadija Amina Salma Nour Huda",
        "Mohammed Ahmed Ali Omar Hassan Khalid Yusuf Ibrahim Mustafa Tariq",
        "Hussein Saleh Mansour Haddad Khalil Nasser Hamdan Qasim Rashid Sharif "
        "Darwish Najjar Saad Hamid Farouk Jaber Othman Suleiman Zaki Bakr",
    ),
    "Indian": _names(
        "Priya Lakshmi Anjali Sunita Kavita Deepa Meena Pooja Asha Radha",
        "Rajesh Arun Vijay Suresh Amit Rahul Sanjay Anil Ravi Krishna",
        "Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Das Mehta "
        "Rao Joshi Verma Desai Chopra Mukherjee Banerjee Pillai Kapoor Agarwal",
    ),
}
