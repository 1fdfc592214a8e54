"""What the page says, a module per question.

Belongs here: which figures a question has, their order and their words on the page.
Does not belong here: what a figure means; the mart says that itself.
"""
